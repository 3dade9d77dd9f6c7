*** Settings ***
Documentation    The picture is there before the entry that it belongs to.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.1    priority:medium


*** Test Cases ***
The binary arrives before the descriptor
    [Documentation]    What is there already completes the entry at once, and is not fetched again.
    Given Alice and Bob are syncing
     When Alice sends a message with an attachment of 200 KB
      And Bob's network is cut after he has all attachments
      And Alice writes an entry with the same attachment
      And Bob's network is restored after 5 seconds
     Then Bob should show Alice's entry within 20 seconds
      And Bob should have fetched Alice's attachment once
      And nothing should be lost
