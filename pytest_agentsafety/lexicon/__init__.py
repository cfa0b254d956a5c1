"""English words: base forms (simplemma) and a semantics of our own, verb classes with effects and noun groups."""

from pytest_agentsafety.lexicon.morphology import in_dictionary as known
from pytest_agentsafety.lexicon.morphology import lemma, words
from pytest_agentsafety.lexicon.nouns import group_result, groups_of, noun_group
from pytest_agentsafety.lexicon.tongues import ordered_in, tongue_of
from pytest_agentsafety.lexicon.verbs import (
    GRAVITY,
    action_noun,
    agent_noun,
    called_for,
    class_effect,
    clear_classes,
    gravest,
    is_past,
    often_noun,
    phrasal,
    same_action,
    senses,
    verb_base,
    verb_classes,
    verb_effect,
)
from pytest_agentsafety.model.sense import ResultKind

__all__ = [
    "GRAVITY",
    "ResultKind",
    "action_noun",
    "agent_noun",
    "called_for",
    "class_effect",
    "clear_classes",
    "gravest",
    "group_result",
    "groups_of",
    "is_past",
    "known",
    "lemma",
    "noun_group",
    "often_noun",
    "ordered_in",
    "phrasal",
    "same_action",
    "senses",
    "tongue_of",
    "verb_base",
    "verb_classes",
    "verb_effect",
    "words",
]
