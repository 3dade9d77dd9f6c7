*** Settings ***
Documentation    One device writes faster than the others can follow.

Resource         ../../resources/sync.resource

Test Tags        conflict    L-3.2    priority:medium


*** Test Cases ***
Rapid sequential edits
    [Documentation]    Bob has version 1 and catches up on four more: he ends at the last, and has had them all.
    Given Alice and Bob are syncing
      And Alice and Bob have entry "diary" with vector clock {Alice: 1}
      And Bob goes offline
     When Alice writes versions 2 to 5 of entry "diary"
      And Bob comes online
     Then Alice and Bob should show "v5" in entry "diary" within 30 seconds
      And Alice and Bob should have all 5 versions of entry "diary" in their logs
      And the vector clock of entry "diary" should be {Alice: 5} on Alice and Bob
      And conflictsCreated should be 0 on Alice and Bob

Rapid edits without a network
    [Documentation]    Nothing of the four has reached the relay when the last is written.
    Given Alice and Bob are syncing
      And Alice and Bob have entry "diary" with vector clock {Alice: 1}
      And Alice goes offline
     When Alice writes versions 2 to 5 of entry "diary"
      And Alice comes online
     Then Alice and Bob should show "v5" in entry "diary" within 30 seconds
      And Alice and Bob should have all 5 versions of entry "diary" in their logs
      And the vector clock of entry "diary" should be {Alice: 5} on Alice and Bob
      And conflictsCreated should be 0 on Alice and Bob
