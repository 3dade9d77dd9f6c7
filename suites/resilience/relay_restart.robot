*** Settings ***
Documentation    The relay dies in mid-stream, and what it had acknowledged is still there.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.1    priority:high


*** Test Cases ***
The relay is killed and started again
    [Documentation]    kill -9, in the middle of the stream.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And the relay is killed after Bob has received 20 messages
      And the relay is restarted after 5 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And nothing should be lost
      And Bob should have no duplicates
      And Bob's messages should be in order
