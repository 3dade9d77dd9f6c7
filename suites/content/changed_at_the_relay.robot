*** Settings ***
Documentation    The relay hands out something else than what it was given.

Resource         ../../resources/sync.resource

Test Tags        content    S-BLOB-02    priority:high


*** Test Cases ***
A blob that was changed after it was hashed is refused
    [Documentation]    One byte of the ciphertext is another one for a while: nothing of it is opened, ever.
    Given Alice and Bob are syncing end-to-end encrypted
     When Bob goes offline
      And Alice sends a message with an attachment of 200 KB
      And Alice's attachment is damaged on the relay
      And Bob comes online
     Then Bob should have rejected Alice's damaged attachment
     When the relay has Alice's attachment whole again after 5 seconds
     Then Bob should have all attachments within 30 seconds
