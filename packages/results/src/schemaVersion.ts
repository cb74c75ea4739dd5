/** Version of what a run leaves on disk. One more with each change that an older reader can't take. */
export const schemaVersion = 2 as const;
