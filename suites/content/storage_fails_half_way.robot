*** Settings ***
Documentation    The relay's storage takes the first half of a blob, and then fails.

Resource         ../../resources/sync.resource

Test Tags        content    C-STOR-01    priority:high    # robocop: off=TAG02


*** Test Cases ***
A write that fails half way is told, and its blob is not sent
    [Documentation]    Half a blob is none: its message waits with its author, who is told why, until it is stored.
    Given Alice and Bob are syncing end-to-end encrypted
     When the relay's storage fails behind 4 MB of a file
      And Alice sends a message with an attachment of 8 MB
     Then Alice should have said that the relay could not store her attachment within 10 seconds
      And 1 message of Alice should wait to be pushed
     When the relay's storage works again after 5 seconds
     Then Bob should receive 1 message within 30 seconds
      And Bob should have all attachments within 30 seconds
