*** Settings ***
Documentation    A read marker that moves with every message must be safe here at once, and must not flood the relay.

Resource         ../../resources/sync.resource

Test Tags        component    L-5.3    priority:medium


*** Test Cases ***
Read marker debouncing
    [Documentation]    A hundred messages at once: kept here each time, told to the relay seldom, right in the end.
    Given Alice and Bob are syncing
      And Alice goes offline
      And Alice sends 100 messages
     When Alice comes online
     Then Bob should receive all 100 messages within 30 seconds
      And the relay should know Bob's marker at message 100 within 15 seconds
      And Bob's local marker should have been kept with every message
      And Bob's marker updates should have been debounced
      And Bob's marker should never have skipped a message

A marker that never stands still
    [Documentation]    The relay hears of it all the same, now and then: who waits for it to stand still never tells.
    [Tags]    unscaled
    Given Alice and Bob are syncing
     When Alice sends 100 messages over 45 seconds
     Then Bob should receive all 100 messages within 30 seconds
      And the relay should know Bob's marker at message 100 within 15 seconds
      And Bob's marker updates should have been debounced
