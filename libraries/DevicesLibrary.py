"""Devices: they meet, send, sleep, leave, are stopped or killed, and come back."""

from __future__ import annotations

from syncproof.keywords.sentences import page


@page("Devices")
class DevicesLibrary:
    """Devices: they meet, send, sleep, leave, are stopped or killed, and come back.

    Most of these sentences are the ``Given`` and the ``When`` of a scenario. NetworkLibrary has what goes wrong on the
    way between devices, InterruptLibrary the moments at which that happens, OutcomeLibrary what must have come of it.
    ``resources/sync.resource`` imports all four, and is all that a scenario needs:

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
    slack is added that does not scale: 5 seconds or what the variable SLACK says, and more on a slow NETWORK.

    = Ways to be away =

    | =The device=          | =Away=                             | =Back=                                             |
    | stops its pipeline    | `${device} falls asleep`           | `${device} wakes up ${duration} later`             |
    | is told to disconnect | `${device} goes offline`           | `${device} comes online`                           |
    | stands still          | `${device}'s process is suspended` | `${device}'s process is resumed after ${duration}` |
    | is dead               | `${node} is killed`                | `${device} starts again after ${duration}`         |

    The ways to be away may begin at a moment, see InterruptLibrary: ``Bob goes offline after he has received 20
    messages``. The last two are faults: like those of NetworkLibrary they must be seen to take effect while something
    is outstanding at the device, or the test is inconclusive, and they end with the test at the latest.
    """
