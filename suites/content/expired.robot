*** Settings ***
Documentation    The relay keeps blobs for their time, and no longer.

Resource         ../../resources/sync.resource

Test Tags        content    priority:high


*** Test Cases ***
A blob that has expired is told as expired
    [Documentation]    Beyond the ids of the plan: it is not missing, which would mean that it may still come.
    Given the relay keeps attachments for 20 seconds
      And Alice and Bob are syncing end-to-end encrypted
     When Bob goes offline
      And Alice sends a message with an attachment of 200 KB
      And Alice's attachment expires
      And Bob comes online
     Then Bob should receive 1 message within 30 seconds
      And Bob should have said that Alice's attachment has expired within 10 seconds
