/** Values of Grafana's variables, by name without the dollar sign. */
export type Values = Readonly<Record<string, string>>;

/** Of the time that is shown, for an expression that is only to be parsed: numbers that stand nowhere else. */
export const recognisable = { __rate_interval: '9871ms', __interval: '9872ms', __range: '9873ms' } as const;

/** An expression with Grafana's variables filled in, `$name` and `${name}`. @throws Error naming one that has no value */
export function fillVariables(expr: string, values: Values): string {
  return expr.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ''];
    if (value === undefined) throw new Error(`the variable ${whole} has no value: ${expr}`);
    return value;
  });
}
