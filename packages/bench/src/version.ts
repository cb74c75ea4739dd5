/** Of acceptbench itself, as package.json has it. */
export const acceptbenchVersion = '0.1.0';
