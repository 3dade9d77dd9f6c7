*** Settings ***
Documentation    A relay that starts again has the attachments that it had taken.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.3    priority:high


*** Test Cases ***
An attachment outlasts the relay
    [Documentation]    Bob fetches, from a relay that was killed meanwhile, what Alice had brought there before.
    Given Alice and Bob are syncing
      And Bob goes offline
     When Alice sends a message with an attachment of 100 KB
      And the relay is killed after Alice has sent 1 message
      And the relay is restarted after 2 seconds
      And Bob comes online
     Then Bob should have all attachments within 30 seconds
