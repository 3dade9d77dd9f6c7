*** Settings ***
Documentation    A broken client of a member brings something to the relay that is not what it has sealed.

Resource         ../../resources/sync.resource

Test Tags        content    S-BLOB-01    priority:high


*** Test Cases ***
A blob that was damaged after its encryption is refused
    [Documentation]    All hashes are right, so that only its authentication tells: nobody sees a byte of it.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice's other client sends a message with 200 KB of content damaged before they were hashed
      And Alice sends 5 messages
     Then Bob should have refused the damaged content within 10 seconds
      And Bob should receive all 5 messages within 30 seconds
