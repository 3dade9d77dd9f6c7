*** Settings ***
Documentation    The relay stored it, and the sender never heard so.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.1    priority:high


*** Test Cases ***
The reply to a stored message is lost
    [Documentation]    Alice sends it again, and it is there once.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And the replies to Alice are lost after she has sent 20 messages
      And replies reach Alice again after 20 seconds
     Then Bob should receive all 50 messages within 60 seconds
      And Alice should have scheduled retries
      And Bob should have no duplicates
      And nothing should be lost
