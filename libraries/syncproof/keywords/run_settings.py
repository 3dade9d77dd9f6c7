"""The settings of a run, from the variables that robot was given."""

from __future__ import annotations

from robot.libraries.BuiltIn import BuiltIn

import syncproof_defects as defects
from syncproof.kernel.setting import Setting, Settings, T
from syncproof.kernel.variables import BadSetting, hint
from syncproof.keywords.pabot_tie import seed_of_pabot, under_pabot
from syncproof.keywords.run_variables import check_names
from syncproof.systems.declared import DEFECT, SEED, SYSTEM
from syncproof.systems.gathered import declared


def text_of(setting: Setting[T]) -> str:
    """The variable of a setting as text; "" where there is none."""
    return str(BuiltIn().get_variable_value(f"${{{setting.name}}}", ""))


def settings_of_run(suites: str = "") -> Settings:
    """All settings that these suites read ("" for scenarios). Raises BadSetting for whatever nobody knows.

    Under pabot all processes have the seed of one run.
    """
    check_names()
    settings = declared(text_of(SYSTEM))
    texts = {setting.name: text_of(setting) for setting in settings}
    for setting in settings:
        if setting.instead and setting.suites != suites and texts[setting.name]:
            raise BadSetting(f"{setting.name} is for {setting.suites} only. {setting.instead}")
    told = Settings.read([each for each in settings if each.suites in ("", suites)], texts)
    _check_defects(told[DEFECT])
    seed = {SEED: seed_of_pabot()} if under_pabot() else {}
    return Settings({**seed, **told.given})


def defects_of_run() -> tuple[str, ...]:
    """The deliberate bugs of the test that runs now: the kill matrix gives each test another. Raises BadSetting."""
    text = text_of(DEFECT)
    names = DEFECT.read(text) if text else ()
    _check_defects(names)
    return names


def seed_of_test() -> int | None:
    """The seed of the test that runs now, None where nobody named one: each iteration of chaos has another.

    Raises BadSetting.
    """
    return SEED.read(text) if (text := text_of(SEED)) else None


def _check_defects(names: tuple[str, ...]) -> None:
    """Here and not in the declaration: what checks cannot see defects, not even by name."""
    known = [name for product in defects.PRODUCTS for name in defects.known(product)] if names else []
    for name in names:
        if name not in known:
            # Too many to name them in a message.
            raise BadSetting(
                f"DEFECT is '{name}'.{hint(name, known)} docs/defects.md lists all {len(known)}."
            )
