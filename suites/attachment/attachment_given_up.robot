*** Settings ***
Documentation    Retries end some time; what they were for does not.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.3    priority:medium    slow


*** Test Cases ***
An attachment that was given up is found by descriptor catch-up
    [Documentation]    What is missing for too long is no longer retried, but looked for again until it is there.
    Given devices give up a missing attachment after 10 seconds and look for it again every 10 seconds
      And Alice and Bob are syncing
      And Bob goes offline
     When Alice writes an entry with an attachment of 100 KB
      And Alice's attachment is lost on the relay
      And Bob comes online
     Then Bob should look again by descriptor catch-up within 40 seconds
      And Bob should hold back Alice's entry
     When the relay has Alice's attachment whole again after 30 seconds
     Then Bob should show Alice's entry within 30 seconds
