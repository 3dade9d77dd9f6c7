"""Colours of the timeline in light and dark: by the reader's system, and by Robot's log where that says otherwise."""

from __future__ import annotations

LIGHT = (
    "--ink:#1f2328;--dim:#59636e;--faint:#d1d9e0;--band:#f6f8fa;--plate:#ffffffe0;--sent:#0969da;--live:#1a7f37;"
    "--catchup:#bc4c00;--own:#8c959f;--stored:#57606a;--flow:#6e7781;--bad:#cf222e;--stop:#cf222e;--slow:#bf8700;"
    "--mark:#8250df;--warn:#9a6700;--conflict:#bf3989;--pause:#afb8c133;--flag:#fff"
)
DARK = (
    "--ink:#e6edf3;--dim:#9198a1;--faint:#3d444d;--band:#ffffff0a;--plate:#1c2227e0;--sent:#58a6ff;--live:#3fb950;"
    "--catchup:#f0883e;--own:#6e7681;--stored:#9198a1;--flow:#8b949e;--bad:#ff7b72;--stop:#f85149;--slow:#d29922;"
    "--mark:#bc8cff;--warn:#e3b341;--conflict:#f778ba;--pause:#6e768126;--flag:#1c2227"
)

_RULES = {
    "": "font:11px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;max-width:100%;height:auto",
    "text": "fill:var(--ink);stroke:none",
    "path": "fill:none",
    ".who": "font-weight:600;font-size:13px",
    ".words": "font-size:10.5px;fill:var(--dim)",
    ".bad": "font-size:11px;font-weight:600;fill:var(--bad)",
    ".band": "fill:var(--band)",
    ".plate": "fill:var(--plate)",
    ".rule": "stroke:var(--faint);stroke-width:.6",
    ".base": "stroke:var(--faint);stroke-width:1.2",
    ".pause": "fill:var(--pause)",
    ".pole": "stroke:var(--dim);stroke-width:.7;stroke-dasharray:1 3",
    ".flag": "fill:var(--dim)",
    ".flag-number": "font-size:9.5px;font-weight:600;fill:var(--flag)",
    ".sent": "stroke:var(--sent);stroke-width:1.6",
    ".live": "stroke:var(--live)",
    ".catchup": "stroke:var(--catchup)",
    ".got": "stroke-width:1.6",
    ".own": "stroke:var(--own);stroke-width:1",
    ".stored": "stroke:var(--stored);stroke-width:1.2",
    ".got,.sent,.stored,.base,.rule,.pole": "pointer-events:none",
    ".flow": "stroke:var(--flow);stroke-width:.9;opacity:.55",
    ".flow.live": "stroke:var(--live)",
    ".flow.catchup": "stroke:var(--catchup)",
    ".area": "fill:var(--flow);stroke-width:.4;opacity:.3",
    ".area.live": "fill:var(--live)",
    ".area.catchup": "fill:var(--catchup)",
    ".reach": "stroke:transparent;stroke-width:5;pointer-events:stroke",
    ".flight:hover .flow": "opacity:1;stroke:var(--ink);stroke-width:2",
    ".flight:hover .area": "fill:var(--ink);opacity:.6",
    ".lost-way": "stroke:var(--bad);stroke-width:1;stroke-dasharray:3 3",
    ".lost-cross": "stroke:var(--bad);stroke-width:2.2;stroke-linecap:round",
    ".lost-name": "font-size:11px;font-weight:700;fill:var(--bad)",
    ".lost:hover path": "stroke-width:3.5",
    ".stopped .shade,.fault-sample.stopped": "fill:var(--stop);opacity:.17",
    ".slowed .shade,.fault-sample.slowed": "fill:var(--slow);opacity:.2",
    ".stopped .edge": "stroke:var(--stop);stroke-width:1.2;stroke-dasharray:4 2",
    ".slowed .edge": "stroke:var(--slow);stroke-width:1.2;stroke-dasharray:4 2",
    ".fault-name": "font-size:10.5px;font-weight:600",
    ".marker": "stroke:var(--mark);stroke-width:1.4;opacity:.85",
    ".marker.remote": "stroke-dasharray:4 3;opacity:.7",
    ".marker:hover": "stroke-width:3;opacity:1",
    ".mark": "stroke:var(--plate);stroke-width:.6",
    ".retry": "fill:var(--warn)",
    ".alarm": "fill:var(--bad)",
    ".held": "fill:var(--warn)",
    ".quarantined": "stroke:var(--warn);stroke-width:2;fill:var(--plate)",
    ".conflict": "fill:var(--conflict)",
    ".twice": "stroke:var(--bad);stroke-width:2.2;fill:var(--plate)",
    ".late": "stroke:var(--bad);stroke-width:2.2",
    ".mark:hover": "stroke:var(--ink);stroke-width:2",
    "path.restart": "stroke:var(--ink);stroke-width:1.2;stroke-dasharray:2 2",
    ".transfer": "stroke:var(--sent);stroke-width:2.5",
    ".transfer.interrupted": "stroke:var(--bad)",
    ".on-live": "fill:var(--live)",
    ".on-catching_up": "fill:var(--catchup)",
    ".on-connecting": "fill:var(--slow)",
    ".on-offline": "fill:var(--own)",
    ".page": "stroke:var(--plate);stroke-width:1",
    "path.gave-up": "stroke:var(--bad);stroke-width:1.4;stroke-dasharray:5 3",
}


def _rule(selectors: str, body: str) -> str:
    names = ",".join(f".sp-timeline {selector}".rstrip() for selector in selectors.split(","))
    return f"{names}{{{body}}}"


_OURS = (".sp-timeline", ".sp-missing")


def _colours(where: str, colours: str) -> str:
    return ",".join(f"{where}{name}" for name in _OURS) + f"{{{colours}}}"


STYLE = (
    _colours("", LIGHT)
    + f"@media (prefers-color-scheme:dark){{{_colours('', DARK)}}}"
    + _colours('[data-theme="light"] ', LIGHT)
    + _colours('[data-theme="dark"] ', DARK)
    + "".join(_rule(selectors, body) for selectors, body in _RULES.items())
    + ".sp-missing{border-collapse:collapse;margin:6px 0}"
    ".sp-missing th,.sp-missing td{border-bottom:1px solid var(--faint);padding:2px 10px 2px 0;text-align:left;"
    "font-size:11px}"
)
