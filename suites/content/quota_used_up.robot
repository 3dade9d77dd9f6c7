*** Settings ***
Documentation    The relay may store no more.

Resource         ../../resources/sync.resource

Test Tags        content    C-STOR-03    priority:high    # robocop: off=TAG02


*** Test Cases ***
A quota that is used up is told with what a person can do
    [Documentation]    Nothing is dropped in silence: the author is told the figures, and what waits goes out later.
    Given Alice and Bob are syncing end-to-end encrypted
     When the relay's quota is used up
      And Alice sends a message with an attachment of 200 KB
     Then Alice should have said that the relay's quota is used up within 10 seconds
      And 1 message of Alice should wait to be pushed
     When the relay's quota is raised after 5 seconds
     Then Bob should receive 1 message within 30 seconds
      And Bob should have all attachments within 30 seconds
