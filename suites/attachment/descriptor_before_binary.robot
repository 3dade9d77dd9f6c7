*** Settings ***
Documentation    The words of an entry travel faster than its picture.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.1    priority:medium


*** Test Cases ***
The descriptor arrives before the binary
    [Documentation]    An entry waits for its attachment, and nobody sees it half done.
    Given Alice and Bob are syncing
     When Bob's bandwidth is limited to 10 KB/s
      And Alice writes an entry with an attachment of 200 KB
     Then Bob should hold back Alice's entry
      And Bob should show Alice's entry within 60 seconds
      And nobody should ever have seen a part of an attachment
      And nothing should be lost
