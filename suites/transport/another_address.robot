*** Settings ***
Documentation    A device that changes networks: the old one is gone without a word, the new one gives another address.

Resource         ../../resources/sync.resource

Test Tags        transport    L-1.1    priority:medium    docker


*** Test Cases ***
The network comes back with another address
    [Documentation]    Nobody closes the old connections: a device that waits for that waits for ever.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's network is unplugged after he has received 20 messages
      And Bob's network is plugged in elsewhere after 10 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order
