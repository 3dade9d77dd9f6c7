"""Colours of the timeline in light and dark: by the reader's system, and by Robot's log where that says otherwise."""

from __future__ import annotations

_LIGHT = (
    "--ink:#222;--faint:#bbb;--sent:#1f5fbf;--live:#1a7f37;--catchup:#b35900;--flow:#6b7280;--fault:#d1242f;"
    "--mark:#8250df;--warn:#9a6700;--lane:#00000008"
)
_DARK = (
    "--ink:#e2e1d7;--faint:#555;--sent:#79b8ff;--live:#57d364;--catchup:#ffab5e;--flow:#9aa4b2;--fault:#ff7b72;"
    "--mark:#d2a8ff;--warn:#e3b341;--lane:#ffffff0a"
)

STYLE = (
    f".sp-timeline{{{_LIGHT};font:11px system-ui,sans-serif;max-width:100%;height:auto}}"
    f"@media (prefers-color-scheme:dark){{.sp-timeline{{{_DARK}}}}}"
    f'[data-theme="light"] .sp-timeline{{{_LIGHT}}}[data-theme="dark"] .sp-timeline{{{_DARK}}}'
    ".sp-timeline text{fill:var(--ink);stroke:none}"
    ".sp-timeline .name{font-weight:600;font-size:12px}"
    ".sp-timeline .small{font-size:10px;opacity:.8}"
    ".sp-timeline .band{fill:var(--lane)}"
    ".sp-timeline .rule{stroke:var(--faint);stroke-width:.5;fill:none}"
    ".sp-timeline .base{stroke:var(--faint);stroke-width:1;fill:none}"
    ".sp-timeline .sent{stroke:var(--sent);stroke-width:1.4;fill:none}"
    ".sp-timeline .live{stroke:var(--live);stroke-width:1.4;fill:none}"
    ".sp-timeline .catchup{stroke:var(--catchup);stroke-width:1.4;fill:none}"
    ".sp-timeline .missing{stroke:var(--fault);stroke-width:2;fill:none}"
    ".sp-timeline .flow{stroke:var(--flow);fill:none;opacity:.45}"
    ".sp-timeline .fault{fill:var(--fault);opacity:.16}"
    ".sp-timeline .edge{stroke:var(--fault);stroke-width:1;fill:none;stroke-dasharray:3 2}"
    ".sp-timeline .alarm{fill:var(--fault)}"
    ".sp-timeline .local{stroke:var(--mark);stroke-width:1.3;fill:none}"
    ".sp-timeline .remote{stroke:var(--mark);stroke-width:1.3;fill:none;stroke-dasharray:4 3;opacity:.8}"
    ".sp-timeline .retry{fill:var(--warn)}"
    ".sp-timeline .restart{stroke:var(--ink);stroke-width:1.2;fill:none;stroke-dasharray:1 2}"
    ".sp-timeline .on-live{stroke:var(--live)}.sp-timeline .on-catching_up{stroke:var(--catchup)}"
    ".sp-timeline .on-connecting{stroke:var(--warn)}.sp-timeline .on-offline{stroke:var(--fault)}"
    ".sp-timeline .on-offline,.sp-timeline .on-live,.sp-timeline .on-connecting,.sp-timeline .on-catching_up"
    "{stroke-width:3;fill:none}"
)
