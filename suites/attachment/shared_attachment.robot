*** Settings ***
Documentation    Several entries have one picture.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.1    priority:medium


*** Test Cases ***
Two entries wait for one attachment
    [Documentation]    When it comes it completes both, and not only the one that asked for it.
    Given Alice and Bob are syncing
     When Bob's bandwidth is limited to 50 KB/s
      And Alice writes an entry with an attachment of 200 KB
      And Alice writes an entry with the same attachment
     Then Bob should show Alice's entry within 30 seconds
      And Bob should have fetched Alice's attachment once
      And nothing should be lost
