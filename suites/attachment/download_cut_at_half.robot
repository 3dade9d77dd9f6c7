*** Settings ***
Documentation    Half a download is neither thrown away nor shown to anybody.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.2    priority:medium


*** Test Cases ***
A download is cut at half and retried with backoff
    [Documentation]    Every connection breaks off behind half of the attachment, and the network never gets better.
    Given Alice and Bob are syncing
     When Alice sends a message with an attachment of 1 MB
      And Bob's download is cut at 50%
     Then Bob should have all attachments within 30 seconds
      And Bob should have resumed the download at 50%
      And Bob should have backed off before each retry of the download
