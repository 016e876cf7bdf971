"""The language of the terminal: Chinese or English, as the locale's environment variables say."""

import os
from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]


def language(environment: Mapping[str, str] = os.environ) -> Language:
    """``zh`` for a Chinese locale, else ``en``. The first of these that is set decides (POSIX, 8.2)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(zh: str, en: str) -> str:
    return zh if language() == "zh" else en


def accept_language() -> str:
    """The header with which the platform's texts come in the terminal's language."""
    return say("zh-CN", "en")
