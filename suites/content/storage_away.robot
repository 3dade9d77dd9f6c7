*** Settings ***
Documentation    The relay cannot reach its storage for a while.

Resource         ../../resources/sync.resource

Test Tags        content    C-STOR-04    priority:high    # robocop: off=TAG02


*** Test Cases ***
Storage that was away leaves no gap
    [Documentation]    What is on its way to it and from it waits: nothing is skipped, and nothing is called missing.
    Given Alice and Bob are syncing end-to-end encrypted
     When Bob goes offline
      And Alice sends 3 messages with attachments of 100 KB
      And the relay's storage is away after Alice has sent 3 messages
      And Bob comes online
      And Alice sends 3 messages with attachments of 100 KB
     Then nobody should have called an attachment missing
     When the relay's storage works again after 5 seconds
     Then Bob should receive all 6 messages within 30 seconds
      And Bob should have all attachments within 30 seconds
