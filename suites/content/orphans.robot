*** Settings ***
Documentation    The relay takes away the blobs of which no message speaks.

Resource         ../../resources/sync.resource

Test Tags        content    priority:high


*** Test Cases ***
A relay that is killed while it collects orphans keeps what is referred to
    [Documentation]    Beyond the ids of the plan: Bob finds every blob that a message names, and no orphan stays.
    Given Alice and Bob are syncing end-to-end encrypted
     When Bob goes offline
      And Alice sends 3 messages with attachments of 100 KB
      And the relay is killed in the middle of collecting 200 orphans
      And the relay is restarted after 2 seconds
      And Bob comes online
     Then the relay should have collected its orphans and nothing else within 30 seconds
      And Bob should have all attachments within 30 seconds
