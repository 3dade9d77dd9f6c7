*** Settings ***
Documentation    An attachment without a single byte is one all the same.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.1    priority:low


*** Test Cases ***
An empty attachment
    [Documentation]    An entry with an empty file completes like any other.
    Given Alice and Bob are syncing
     When Alice writes an entry with an attachment of 0 B
     Then Bob should show Alice's entry within 10 seconds
      And Bob should have all attachments within 10 seconds
      And nothing should be lost
