*** Settings ***
Documentation    Waiting for many attachments, a device must neither hammer the relay nor retry for ever, nor lose one.

Resource         ../../resources/sync.resource

Test Tags        component    L-5.1    priority:medium    slow


*** Test Cases ***
Retry tracker under load
    [Documentation]    A hundred messages come before their attachments; what is given up is found again.
    Given devices give up a missing attachment after 10 seconds and look for it again every 10 seconds
      And Alice and Bob are syncing
     When Alice's other client sends 100 messages before their attachments of 2 KB
      And their attachments follow over 40 seconds
     Then Bob should receive all 100 messages within 30 seconds
      And Bob should have all attachments within 40 seconds
      And Bob should have given up late attachments and found them again
      And Bob's retries should have backed off
      And nothing should be lost
