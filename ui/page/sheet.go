package page

// sheet is the style of the page. Widths are in shares of the window; tables and commands that are wider scroll by
// themselves. In print the paper is white, letters are small, and what is closed stays away.
const sheet = `*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}body{margin:0;background:var(--paper);` +
	`color:var(--ink);font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC","Microsoft YaHei",sans-serif;` +
	`overflow-wrap:anywhere}main{max-width:76rem;margin:0 auto;padding:1rem clamp(.75rem,3vw,2rem)}` +
	`h1{font-size:1.6rem;line-height:1.2;margin:.3em 0}h2{font-size:1.15rem;margin:1.2em 0 .4em}` +
	`h3{font-size:1rem;margin:1em 0 .3em}h4{font-size:.95rem;margin:.8em 0 .2em}p{margin:.3em 0}` +
	`.m,.caveat{color:var(--muted)}.facts{font-weight:600}.answer{background:var(--panel);` +
	`border-left:4px solid var(--h0);padding:.4rem 1rem .8rem;margin:1rem 0}.answer h2{margin:.3em 0}` +
	`.answer .m{color:var(--muted)}.big{font-size:2.6rem;line-height:1.1;font-weight:700;margin:.1em 0}` +
	`.big small{font-size:1.1rem;font-weight:600}.warn{border:2px solid var(--h4);padding:.4em .7em}` +
	`.meter{display:grid;grid-template-columns:minmax(0,1fr);gap:.2rem;max-width:44rem;margin:.5em 0}` +
	`.bar{display:block;height:.6rem;border:1px solid var(--muted)}.bar i{display:block;height:100%;` +
	`background:var(--h2)}.bar.over i{background:var(--h4)}.grid{display:grid;gap:1rem;` +
	`grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}figure{margin:0;min-width:0;` +
	`break-inside:avoid;max-width:46rem}figcaption{font-weight:600;margin-bottom:.3rem}svg.fig{width:100%;` +
	`height:auto;display:block}.scroll{overflow-x:auto;max-width:100%}table{border-collapse:collapse;` +
	`font-size:.9rem;overflow-wrap:normal}th,td{text-align:left;padding:.2rem .7rem .2rem 0;` +
	`border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}th.n,td.n{text-align:right;` +
	`font-variant-numeric:tabular-nums}th{font-weight:600}pre{background:var(--panel);padding:.6rem .8rem;` +
	`margin:.3em 0;font:.82rem/1.45 ui-monospace,"DejaVu Sans Mono",Consolas,monospace;white-space:pre-wrap;` +
	`overflow-wrap:anywhere}dl{margin:.3em 0;display:grid;gap:.15rem 1rem;` +
	`grid-template-columns:minmax(7rem,14rem) minmax(0,1fr)}dt{font-weight:600}dd{margin:0}` +
	`@media (max-width:40rem){dl{display:block}dd{margin:0 0 .4em 1.2rem}}` +
	`details{border-top:1px solid var(--line);padding:.5rem 0}summary{cursor:pointer;font-weight:600}` +
	`footer{max-width:76rem;margin:0 auto;padding:0 clamp(.75rem,3vw,2rem) 1rem;color:var(--muted);` +
	`font-size:.85rem}:focus-visible{outline:2px solid var(--h0)}@page{size:A4;margin:11mm 12mm}` +
	`@media print{:root{--paper:#fff;--ink:#000;--muted:#444;--line:#bbb;--panel:#f3f3f3;--h0:#0550ae;` +
	`--h1:#a85300;--h2:#116329;--h3:#8250df;--h4:#a40e26;--h5:#0a6b6b;--h6:#6b4f00;--h7:#99286e;` +
	`color-scheme:light}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{font-size:8.5pt;` +
	`line-height:1.3}main{max-width:none;padding:0}h1{font-size:13pt;margin:0}h2{font-size:10pt;` +
	`margin:.6em 0 .2em;break-after:avoid}h3{font-size:8.4pt;margin:.4em 0 .1em;break-after:avoid}` +
	`.big{font-size:17pt}.big small{font-size:9pt}.answers{display:grid;` +
	`grid-template-columns:repeat(auto-fit,minmax(45%,1fr));gap:.5em}.answer{margin:.3em 0;` +
	`padding:.1em .8em .3em;break-inside:avoid}.meter{margin:.1em 0;max-width:none}.bar{height:.4em}` +
	`.grid{grid-template-columns:repeat(3,1fr);gap:.4rem .8rem}figcaption{font-size:7.4pt;margin:0}` +
	`dl{display:grid;gap:0 .8em;grid-template-columns:9em 1fr}dd{margin:0}dt,dd,pre,tr{break-inside:avoid}` +
	`table{font-size:7pt}th,td{padding:.05rem .45rem .05rem 0;white-space:normal}.scroll{overflow:visible}` +
	`tbody tr:nth-child(n+9){display:none}pre{font-size:6.6pt;padding:.3em .5em;line-height:1.25;margin:.1em 0}` +
	`.many tbody tr:nth-child(n+4),.many figure:nth-of-type(n+10),.many .commands pre:nth-of-type(n+5),` +
	`.many .commands h3:nth-of-type(n+5),.many .why dl:nth-of-type(n+3),` +
	`.many .why h3:nth-of-type(n+3){display:none}.many .commands,.many .why{columns:2;column-gap:1.2em}` +
	`.many .tables p{display:none}.crowd .answers{grid-template-columns:repeat(auto-fit,minmax(22%,1fr))}` +
	`.crowd{font-size:8pt}` +
	`.crowd .tables tbody tr:nth-child(n+3),.crowd .tables h3:nth-of-type(n+9),` +
	`.crowd .tables .scroll:nth-of-type(n+5){display:none}details,footer,.many .said.r0{display:none}}`
