*** Settings ***
Documentation    Other bytes than were sent.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.2    priority:medium


*** Test Cases ***
A damaged attachment is rejected and fetched again
    [Documentation]    The relay hands out the right number of wrong bytes for a while; nobody ever takes them.
    Given Alice and Bob are syncing
     When Bob goes offline
      And Alice sends a message with an attachment of 100 KB
      And Alice's attachment is damaged on the relay
      And Bob comes online
     Then Bob should have rejected Alice's damaged attachment
     When the relay has Alice's attachment whole again after 5 seconds
     Then Bob should have all attachments within 30 seconds
