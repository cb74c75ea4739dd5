import { toCustomProperties } from '../charts/palette.ts';

/** The page's style. One text, so that its hash can stand in the Content-Security-Policy. Print is always light. */
export const style = `
:root{color-scheme:light;${toCustomProperties('light')}}
@media not print{@media (prefers-color-scheme:dark){:root{color-scheme:dark;${toCustomProperties('dark')}}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;overflow-wrap:break-word;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif}
main,header,footer{max-width:1360px;margin:0 auto;padding:0 16px}
header{padding-top:20px}
h1{font-size:1.6rem;line-height:1.25;margin:.25em 0 .2em;max-width:60rem;text-wrap:balance}
h2{font-size:1.2rem;margin:2.2em 0 .6em;padding-top:.5em;border-top:1px solid var(--grid)}
h3{font-size:1rem;margin:1.4em 0 .6em}
p{margin:.4em 0;max-width:75ch}
.kicker{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center;color:var(--muted);margin:0;max-width:none}
.badge{display:inline-flex;gap:6px;align-items:center;border:1.5px solid currentColor;border-radius:99px;padding:0 10px;font-weight:600;font-size:.9rem}
.good{color:var(--good)}.bad{color:var(--bad)}.open{color:var(--ink)}
.answers{list-style:none;padding:0;margin:0;display:grid;gap:10px}
.answers li{border:1px solid var(--grid);border-left:4px solid var(--muted);border-radius:4px;padding:8px 12px;font-size:.93rem}
.answers h2{font-size:.95rem;margin:0;padding:0;border:0}
.answers .node{border-left-color:var(--node)}.answers .bun{border-left-color:var(--bun)}.answers .deno{border-left-color:var(--deno)}
.answers .other1{border-left-color:var(--other1)}.answers .other2{border-left-color:var(--other2)}.answers .other3{border-left-color:var(--other3)}
.answers p{margin:0 0 .2em}
.lead{font-weight:600;font-size:.93rem;margin:0 0 6px}
.question{color:var(--muted)}
.about{color:var(--muted);font-size:.88rem;max-width:none}
.warn::before{content:"⚠ ";color:var(--bad)}
.first{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));gap:20px 32px;align-items:start;margin-top:16px}
figure{margin:0 0 20px;min-width:0}
figcaption strong{display:block;font-size:1rem}
figcaption span{display:block;color:var(--muted);font-size:.88rem;margin-bottom:8px}
svg{display:block;max-width:100%;height:auto;font-family:inherit;overflow:visible}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,343px),1fr));gap:16px 24px}
.small{display:grid;grid-template:subgrid/minmax(0,1fr);grid-row:span 3;row-gap:0}
.narrow{display:none}
@media (max-width:679px){.wide{display:none}.narrow{display:block}h1{font-size:1.3rem}}
.scroll{overflow-x:auto;margin:8px 0 16px}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding-bottom:4px}
caption span{font-weight:400;color:var(--muted)}
th,td{padding:3px 10px 3px 0;border-bottom:1px solid var(--grid);vertical-align:top;text-align:right;font-weight:400}
.left,tbody th{text-align:left}
thead th{vertical-align:bottom;border-bottom:1px solid var(--muted);font-weight:600;white-space:nowrap}
th small{display:block;font-weight:400;color:var(--muted);font-size:.75rem}
tbody th,td{white-space:nowrap}
td.long{white-space:normal;min-width:16em}
tbody tr:hover{background:var(--band)}
details{margin:4px 0}
summary{cursor:pointer;color:var(--muted);font-size:.88rem}
summary:hover{color:var(--ink)}
:focus-visible{outline:2px solid var(--offload-queue);outline-offset:2px}
pre{background:var(--band);padding:10px 12px;border-radius:4px;overflow-x:auto;font-size:.85rem}
dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:2px 16px;font-size:.9rem}
dt{font-weight:600}dd{margin:0;max-width:75ch}
ul{padding-left:1.2em}li{max-width:85ch}
th button{all:unset;cursor:pointer;font-weight:600}
th button:focus-visible{outline:2px solid var(--offload-queue)}
th[aria-sort=ascending] button::after{content:" ↑"}
th[aria-sort=descending] button::after{content:" ↓"}
footer{color:var(--muted);font-size:.85rem;padding:24px 16px 40px}
@media (max-width:679px){dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
@media print{
@page{margin:12mm}
body{font-size:10pt}
main,header,footer{max-width:none;padding:0}
details::details-content{display:block;content-visibility:visible;height:auto}
figure,tr,.answers li{break-inside:avoid}
.scroll{overflow:visible}
table{font-size:7pt;width:auto}
th,td,tbody th,thead th{white-space:normal;padding-right:5px;overflow-wrap:anywhere}
th small{font-size:inherit}
thead{display:table-header-group}
summary{list-style:none}
h2{break-after:avoid}
.first{grid-template-columns:minmax(0,1fr)}
.multiples{grid-template-columns:repeat(2,minmax(0,1fr))}
}
`.trim();
