"""What must have come of it: every `Then`, with its deadline."""

from __future__ import annotations

from syncproof.keywords.sentences import page


@page("Outcome")
class OutcomeLibrary:
    """What must have come of it: every ``Then``, with its deadline.

    ``resources/sync.resource`` imports this library, and is all that a scenario needs:

    | And Bob's network is restored after 10 seconds
    | Then Bob should receive all 50 messages within 30 seconds
    | And Bob should have no duplicates
    | And nothing should be lost

    Nearly all of these sentences first let happen what was enqueued before: messages are sent, faults end. They look
    at what devices, relay and harness have put on record.

    %TOC%

    = Deadlines =

    ``within 30 seconds`` counts from the latest of three moments: when the sentence begins, when the last
    thing that was enqueued is done, and when the last fault that was taken away is proved to have ended. So
    it says how long recovery may take, whatever the scenario did before. The variable TIME_SCALE multiplies
    it. A slack that does not scale is added: 5 seconds, and more on a slow NETWORK; the message says both
    figures.

    = Rest =

    Whether something came twice, is lost or out of order can be said only when nothing more will come.
    Sentences about that wait until nothing is enqueued, no device has anything pending, and nothing has been
    delivered for a full retry interval (5 seconds on the bundled system, times TIME_SCALE). Then all evidence
    is read to its end. When that takes more than a minute, which no TIME_SCALE makes less, the sentence fails
    with who still has something to do, and of which kinds: ``expected everything to come to rest; Bob still has 3
    things to do (outbox: 3)``.

    = Judged at the end of every test =

    Every test ends at rest, its faults taken away, and is judged for loss, duplicates, order, agreement of
    all devices, content, the integrity of delivery logs and read markers, attachments (nobody has ever seen a part of
    one, and at rest everybody has those of the messages that it has), and whether each fault has bitten.
    It fails by that also where no sentence asked. A sentence says what a scenario is about, and fails
    earlier, with a timeline of that moment.

    = When a sentence fails =

    The message says what was expected and by when, what was seen, which messages are missing or concerned
    (``Alice #21, #22``), which faults were on, and where the evidence is. ``log.html`` has the timeline.

    - It *fails at once* when the scenario cannot mean what it says, such as ``all 50 messages`` where 40 are sent.
    - *Inconclusive* or *unknown*: the scenario has shown nothing, such as order where nothing was delivered. This is
      never a pass. Make the fault longer, the messages more, or the link slower.
    """
