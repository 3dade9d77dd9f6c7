*** Settings ***
Documentation    The relay's storage reads back something else than was written.

Resource         ../../resources/sync.resource

Test Tags        content    C-STOR-02    priority:high    # robocop: off=TAG02


*** Test Cases ***
Storage that reads back other bytes is found out by the hash
    [Documentation]    One bit of each blob is another one: a device takes none, and asks until it is right.
    Given Alice and Bob are syncing end-to-end encrypted
     When Bob goes offline
      And Alice sends 3 messages with attachments of 200 KB
      And the relay's storage reads back other bytes after Alice has sent 3 messages
      And Bob comes online
     Then Bob should have rejected Alice's damaged attachment
     When the relay's storage works again after 5 seconds
     Then Bob should have all attachments within 30 seconds
