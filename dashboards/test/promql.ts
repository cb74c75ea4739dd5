import { parser } from '@prometheus-io/lezer-promql';

type Node = ReturnType<typeof parser.parse>['topNode'];

export interface Matcher {
  readonly label: string;
  readonly op: string;
  /** Without its quotes. */
  readonly value: string;
}

/** A vector selector and where it stands. */
export interface Selector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** `5m` of `[5m]`; undefined for an instant vector. */
  readonly range: string | undefined;
  /** Functions, aggregations, operators and subqueries that it is in, innermost first: `rate`, `sum`, `or`, `subquery`. */
  readonly inside: readonly string[];
}

/** A call or an aggregation, by name, and what it is in. */
export interface Call {
  readonly name: string;
  readonly inside: readonly string[];
}

export interface Query {
  readonly selectors: readonly Selector[];
  readonly calls: readonly Call[];
  /** The labels of each `by (…)`. */
  readonly groupings: readonly (readonly string[])[];
  /** Comparisons that drop series. */
  readonly filters: readonly string[];
}

/**
 * Reads an expression in the grammar of Prometheus’ own editor.
 *
 * @throws SyntaxError with the expression, and where in it the grammar does not go on
 */
export function parsePromql(expr: string): Query {
  const root = parser.parse(expr).topNode;
  const textOf = (node: Node) => expr.slice(node.from, node.to);
  const selectors: Selector[] = [];
  const calls: Call[] = [];
  const groupings: string[][] = [];
  const filters: string[] = [];
  const visit = (node: Node, inside: readonly string[]) => {
    if (node.type.isError) {
      throw new SyntaxError(`no PromQL at ${node.from}, before "${expr.slice(node.from)}": ${expr}`);
    }
    const called = nameOf(node, textOf);
    if (called !== null && (node.name === 'FunctionCall' || node.name === 'AggregateExpr')) {
      calls.push({ name: called, inside });
    }
    if (node.name === 'VectorSelector') selectors.push(toSelector(node, textOf, inside));
    if (node.name === 'GroupingLabels') groupings.push(node.getChildren('LabelName').map(textOf));
    if (comparisons.has(node.name)) filters.push(textOf(node));
    const within = called === null ? inside : [called, ...inside];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child, within);
  };
  visit(root, []);
  if (root.firstChild === null) throw new SyntaxError('no PromQL: the expression is empty');
  return { selectors, calls, groupings, filters };
}

const comparisons = new Set(['Eql', 'Neq', 'Gte', 'Gtr', 'Lte', 'Lss']);

function nameOf(node: Node, textOf: (node: Node) => string): string | null {
  if (node.name === 'FunctionCall') return text(node.getChild('FunctionIdentifier'), textOf);
  if (node.name === 'AggregateExpr') return text(node.getChild('AggregateOp'), textOf);
  if (node.name === 'SubqueryExpr') return 'subquery';
  if (node.name !== 'BinaryExpr') return null;
  // The operator stands between the two operands.
  const operator = node.firstChild?.nextSibling ?? null;
  return text(operator, textOf);
}

function text(node: Node | null, textOf: (node: Node) => string): string | null {
  return node === null ? null : textOf(node);
}

function toSelector(node: Node, textOf: (node: Node) => string, inside: readonly string[]): Selector {
  const name = text(node.getChild('Identifier'), textOf) ?? '';
  const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(
    (matcher) => ({
      label: text(matcher.getChild('LabelName'), textOf) ?? '',
      op: text(matcher.getChild('MatchOp'), textOf) ?? '',
      value: (text(matcher.getChild('StringLiteral'), textOf) ?? '').slice(1, -1),
    }),
  );
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : null;
  const range = matrix?.getChild('DurationExpr') ?? null;
  return { name, matchers, range: text(range, textOf) ?? undefined, inside };
}
