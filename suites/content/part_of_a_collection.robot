*** Settings ***
Documentation    Contents that belong together are complete with all of them, and not before.

Resource         ../../resources/sync.resource

Test Tags        content    C-COLL-01    priority:high


*** Test Cases ***
Three of five blobs are not presented as the collection
    [Documentation]    Bob has three and says what he lacks; nobody sees the entry before all five are there.
    Given Alice and Bob are syncing end-to-end encrypted
     When Bob goes offline
      And Alice writes an entry with 5 attachments of 100 KB
      And 2 of Alice's attachments are lost on the relay
      And Bob comes online
     Then Bob should have 3 of Alice's attachments and lack the others within 10 seconds
      And Bob should hold back Alice's entry
     When the relay has Alice's attachment whole again after 5 seconds
     Then Bob should show Alice's entry within 20 seconds
