*** Settings ***
Documentation    What says which contents belong together is not what its author signed.

Resource         ../../resources/sync.resource

Test Tags        content    C-COLL-02    priority:high


*** Test Cases ***
A damaged manifest is found out before any blob of it is fetched
    [Documentation]    The blobs are as they should be: only what is said of them is not, and that is enough.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice's other client sends 5 attachments of 100 KB with a damaged manifest
      And Alice sends 5 messages
     Then Bob should receive all 5 messages within 30 seconds
      And Bob should have refused the damaged manifest within 10 seconds
