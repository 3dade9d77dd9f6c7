*** Settings ***
Documentation    A device dies with half of an attachment on its disk.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.2    priority:medium


*** Test Cases ***
A device is killed in the middle of a download
    [Documentation]    Half of an attachment is neither taken for the whole after a start, nor fetched again.
    Given Alice and Bob are syncing
      And Bob's bandwidth is limited to 100 KB/s
     When Alice sends a message with an attachment of 1 MB
      And Bob is killed in the middle of the download
      And Bob starts again after 2 seconds
     Then Bob should have all attachments within 60 seconds
      And Bob should have resumed the download after the crash
      And nobody should ever have seen a part of an attachment
