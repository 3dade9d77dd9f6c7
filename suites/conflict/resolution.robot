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

A resolution is built on before it has come back
    [Documentation]    The relay has it, and Alice is still catching up on what was said before: her next edit is no
    ...                new conflict.
    Given Alice, Bob and Carol are syncing
      And Bob and Carol have written "milk" and "bread" beside each other, as Alice knows
      And Alice goes offline
      And Bob sends 100 messages of 24 KB
     When Alice starts catching up over a link of 50 KB/s
      And Alice resolves entry "shopping" to "milk and bread"
     Then 0 messages of Alice should wait to be pushed
     When Alice writes "eggs" into entry "shopping"
     Then Alice and Bob should have no conflict in entry "shopping"


*** Keywords ***
Bob and Carol have written "milk" and "bread" beside each other, as Alice knows
    [Documentation]    A conflict that Alice sees and has no part in.
    Given Bob and Carol go offline
    And Bob writes "milk" into entry "shopping"
    And Carol writes "bread" into entry "shopping"
    And Bob and Carol come online
    Then Alice and Bob should keep both "milk" and "bread" in entry "shopping" within 30 seconds
