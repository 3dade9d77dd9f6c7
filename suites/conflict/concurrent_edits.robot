*** Settings ***
Documentation    Two devices write into one entry, and neither knows of the other.

Resource         ../../resources/sync.resource

Test Tags        conflict    L-3.1    priority:high


*** Test Cases ***
Concurrent edits of one entry are both kept
    [Documentation]    Whose edit came second to the relay must not undo the other's work.
    Given Alice and Bob are syncing
      And Alice and Bob have entry "shopping" with vector clock {Alice: 1, Bob: 1}
      And Alice and Bob go offline
     When Alice writes "milk and eggs" into entry "shopping"
      And Bob writes "milk and bread" into entry "shopping"
      And Alice and Bob come online
     Then Alice and Bob should keep both "milk and eggs" and "milk and bread" in entry "shopping" within 30 seconds
      And Alice and Bob should show the same version of entry "shopping"
      And "milk and eggs" and "milk and bread" in entry "shopping" should be concurrent
      And conflictsCreated should be 1 on Alice and Bob

The same content on both sides is no conflict
    [Documentation]    Nobody has to choose between two versions that say the same.
    Given Alice and Bob are syncing
      And Alice and Bob have entry "shopping" with vector clock {Alice: 1, Bob: 1}
      And Alice and Bob go offline
     When Alice writes "milk and eggs" into entry "shopping"
      And Bob writes "milk and eggs" into entry "shopping"
      And Alice and Bob come online
     Then Alice and Bob should show "milk and eggs" in entry "shopping" within 30 seconds
      And Alice and Bob should show the same version of entry "shopping"
      And Alice and Bob should have no conflict in entry "shopping"
      And conflictsCreated should be 0 on Alice and Bob

A deletion leaves a concurrent edit alone
    [Documentation]    Who deletes an entry has not seen what somebody else is writing into it.
    Given Alice and Bob are syncing
      And Alice and Bob have entry "shopping" with vector clock {Alice: 1, Bob: 1}
      And Alice and Bob go offline
     When Bob writes "milk and bread" into entry "shopping"
      And Alice deletes entry "shopping"
      And Alice and Bob come online
     Then Alice and Bob should show "milk and bread" in entry "shopping" within 30 seconds
      And Alice and Bob should show the same version of entry "shopping"
      And Alice and Bob should have no conflict in entry "shopping"
