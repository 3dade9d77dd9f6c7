*** Settings ***
Documentation    An attachment that is larger than anybody should hold in memory.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.2    priority:low


*** Test Cases ***
An attachment of 50 MB
    [Documentation]    It passes through device, relay and device, and none of them ever holds it in memory.
    Given Alice and Bob are syncing
      And everybody's memory is measured
     When Alice sends a message with an attachment of 50 MB
     Then Bob should have all attachments within 5 minutes
      And nobody's memory should have grown by more than 10 MB
