*** Settings ***
Documentation    The relay cannot even tell that two contents are the same.

Resource         ../../resources/sync.resource

Test Tags        content    S-BLOB-04    priority:medium


*** Test Cases ***
One content sealed twice is two ciphertexts that open to it
    [Documentation]    Each has a key and a nonce of its own; a member of the group finds the same in both.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice sends a message with an attachment of 200 KB
      And Alice writes an entry with the same attachment
     Then Bob should have all attachments within 30 seconds
      And Bob should show Alice's entry within 30 seconds
      And Alice should have sealed the same attachment anew each time
