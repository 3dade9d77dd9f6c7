"""Devices: they meet, send, sleep, leave, are stopped or killed, and come back."""

from __future__ import annotations

from robot.api.deco import library

from syncproof.kernel.steps import (
    attachments,
    components,
    crash,
    entries,
    messages,
    other_client,
    presence,
    verification,
)
from syncproof.keywords.sentences import CONVERTERS, manual, sentence


@library(scope="GLOBAL", converters=CONVERTERS, auto_keywords=False)
@manual
class DevicesLibrary:
    """Devices: they meet, send, sleep, leave, are stopped or killed, and come back.

    Most of these sentences are the ``Given`` and the ``When`` of a scenario. NetworkLibrary has what goes wrong on the
    way between devices, OutcomeLibrary what must have come of it. ``resources/sync.resource`` imports all three, and
    is all that a scenario needs:

    | Given Alice and Bob are syncing
    | And Bob goes offline
    | And Alice sends 50 messages
    | When Bob comes online
    | Then Bob should receive all 50 messages within 30 seconds

    %TOC%

    = The devices of a scenario =

    The cast is fixed, see `Device`. Those whom the first sentence names are started for this test alone, each as a
    process of its own, with data of its own and a network of its own, and share one fresh group. They end with the
    test. A sentence that names another device of the cast fails.

    = Messages =

    A message says who sends it and which of the sender's it is; these are numbered from 1 (``Alice #21``). It may be
    filled up to a size with random text, or have an attachment.

    = Entries =

    An entry is something that devices write into again and again, like a page of a journal; it has a name, and what it
    says stands in quotation marks: ``Alice writes "milk" into entry "shopping"``. An edit builds on the version that
    its device shows at that moment. Two edits of which neither builds on the other are *concurrent*: both are kept,
    and that is a conflict, unless they say the same. An edit counts as one of its device's messages: ``Alice #3`` may
    be one.

    = Attachments =

    A message may have an attachment, and so may a journal entry, which a device must not show before its attachment
    is there. The device gets each attachment before the message that names it. From when an attachment is on its way
    to another device, that one is asked for it again and again, whatever the scenario says: up to twenty times a
    second, and a few at a time where many are on their way. It may hand out nothing or the whole, and never a part.

    = Sentences enqueue, or wait =

    Sentences that send or write *enqueue*: nothing is sent before a later sentence waits for something. So a fault can
    come exactly behind the 20th message, and the 21st behind the fault. Sentences that end something (``... after 10
    seconds``) enqueue as well.

    All others *wait* until what they say has happened. Before they begin they hand over to the devices what is due of
    the messages. Where a sentence states no deadline, the system has 60 seconds.

    Durations are multiplied by the variable TIME_SCALE, but these 60 seconds never become less. To each deadline a
    slack is added that does not scale: 5 seconds or what the variable SLACK says, and 10 more with NETWORK=degraded.

    = Ways to be away =

    | =The device=          | =Away=                             | =Back=                                             |
    | stops its pipeline    | `${device} falls asleep`           | `${device} wakes up ${duration} later`             |
    | is told to disconnect | `${device} goes offline`           | `${device} comes online`                           |
    | stands still          | `${device}'s process is suspended` | `${device}'s process is resumed after ${duration}` |
    | is dead               | `${device} is killed`              | `${device} starts again after ${duration}`         |

    The last two are faults: like those of NetworkLibrary they must be seen to take effect while something is
    outstanding at the device, or the test is inconclusive, and they end with the test at the latest.
    """

    are_syncing = sentence(messages.AreSyncing)
    sends = sentence(messages.Sends)
    sends_over = sentence(messages.SendsOver)
    sends_sized = sentence(messages.SendsSized)
    sends_range = sentence(messages.SendsRange)
    sends_with_attachments = sentence(messages.SendsWithAttachments)
    sends_with_one_attachment = sentence(attachments.SendsWithOneAttachment)
    sends_named = sentence(attachments.SendsNamed)
    writes_entry_with_attachment = sentence(attachments.WritesEntryWithAttachment)
    writes_entry_with_same = sentence(attachments.WritesEntryWithSameAttachment)
    memory_is_measured = sentence(attachments.MemoryIsMeasured)
    sends_backlog = sentence(messages.SendsBacklog)
    have_entry = sentence(entries.HaveEntry)
    writes_entry = sentence(entries.WritesEntry)
    writes_versions = sentence(entries.WritesVersions)
    deletes_entry = sentence(entries.DeletesEntry)
    resolves_entry = sentence(entries.ResolvesEntry)
    marker_is_at = sentence(presence.MarkerIsAt)
    falls_asleep = sentence(presence.FallsAsleep)
    wakes_up = sentence(presence.WakesUp)
    goes_offline = sentence(presence.GoesOffline)
    comes_online = sentence(presence.ComesOnline)
    all_go_offline = sentence(presence.AllGoOffline)
    all_come_online = sentence(presence.AllComeOnline)
    starts_catching_up = sentence(presence.StartsCatchingUp)
    is_suspended = sentence(presence.IsSuspended)
    is_resumed = sentence(presence.IsResumed)
    killed_during_catch_up = sentence(presence.KilledDuringCatchUp)
    is_killed = sentence(presence.IsKilled)
    killed_after_receiving = sentence(crash.KilledAfterReceiving)
    killed_during_download = sentence(attachments.KilledDuringDownload)
    starts_again = sentence(presence.StartsAgain)
    installed_anew = sentence(crash.IsInstalledAnew)
    marks_too_early = sentence(crash.MarksTooEarly)
    give_up_and_look_again = sentence(components.GivesUpAndLooksAgain)
    announces_attachments = sentence(other_client.AnnouncesAttachments)
    sends_unreadable = sentence(other_client.SendsUnreadable)
    marks_elsewhere = sentence(other_client.MarksElsewhere)
    attachments_follow = sentence(other_client.AttachmentsFollow)
    verifies = sentence(verification.Verifies)
    confirms = sentence(verification.Confirms)
    denies = sentence(verification.Denies)
    cancels_verification = sentence(verification.CancelsVerification)
