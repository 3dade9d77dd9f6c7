*** Settings ***
Documentation    A conflict ends where somebody ends it, and for everybody.

Resource         ../../resources/sync.resource

Test Tags        conflict    L-3.1    priority:high


*** Test Cases ***
A resolution replaces both versions
    [Documentation]    A conflict that came back after somebody had resolved it would never end.
    Given Alice, Bob and Carol are syncing
      And Alice and Bob go offline
      And Alice writes "milk and eggs" into entry "shopping"
      And Bob writes "milk and bread" into entry "shopping"
      And Alice and Bob come online
      And Carol and Bob should keep both "milk and eggs" and "milk and bread" in entry "shopping" within 30 seconds
     When Carol resolves entry "shopping" to "milk, eggs and bread"
     Then Alice, Bob and Carol should show "milk, eggs and bread" in entry "shopping" within 30 seconds
      And Alice, Bob and Carol should have no conflict in entry "shopping"
      And "milk, eggs and bread" in entry "shopping" should dominate both "milk and eggs" and "milk and bread"

A conflict survives a kill
    [Documentation]    Both versions are on the disk of a device, not in its memory.
    Given Alice and Bob are syncing
      And Alice and Bob go offline
      And Alice writes "milk and eggs" into entry "shopping"
      And Bob writes "milk and bread" into entry "shopping"
      And Alice and Bob come online
      And Alice and Bob should keep both "milk and eggs" and "milk and bread" in entry "shopping" within 30 seconds
     When Bob is killed
      And Alice sends 5 messages
      And Bob starts again after 2 seconds
     Then Alice and Bob should keep both "milk and eggs" and "milk and bread" in entry "shopping" within 30 seconds

A resolution replaces three versions
    [Documentation]    All that somebody has seen in a conflict is resolved, not only two of it.
    Given Alice, Bob and Carol are syncing
      And Alice, Bob and Carol go offline
      And Alice writes "milk" into entry "shopping"
      And Bob writes "bread" into entry "shopping"
      And Carol writes "eggs" into entry "shopping"
      And Alice, Bob and Carol come online
      And Alice, Bob and Carol should keep both "milk" and "bread" in entry "shopping" within 30 seconds
      And Alice, Bob and Carol should keep both "bread" and "eggs" in entry "shopping" within 30 seconds
     When Alice resolves entry "shopping" to "milk, bread and eggs"
     Then Alice, Bob and Carol should have no conflict in entry "shopping"
