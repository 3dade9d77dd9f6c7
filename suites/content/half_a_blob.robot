*** Settings ***
Documentation    A blob comes in part.

Resource         ../../resources/sync.resource

Test Tags        content    S-BLOB-03    priority:high


*** Test Cases ***
Half a blob is not taken for a whole one, and goes on where it broke off
    [Documentation]    Every connection breaks off behind half of it; what came is kept, and nothing of it is shown.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice sends a message with an attachment of 1 MB
      And Bob's download is cut at 50%
     Then Bob should have all attachments within 30 seconds
      And Bob should have resumed the download
      And nobody should ever have seen a part of an attachment

A sealed blob goes on to the relay where it broke off
    [Documentation]    The author seals once: what goes on is the rest of the same ciphertext.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice sends a message with an attachment of 1 MB
      And Alice's upload is cut at 50%
      And Alice's network is restored after 20 seconds
     Then Bob should have all attachments within 30 seconds
      And Alice should have resumed the upload
