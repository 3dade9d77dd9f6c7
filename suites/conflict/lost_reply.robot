*** Settings ***
Documentation    The relay stored an edit, its author never heard so, and somebody has written on top of it.

Resource         ../../resources/sync.resource

Test Tags        conflict    L-1.1    priority:high


*** Test Cases ***
An edit that is sent again does not undo a later one
    [Documentation]    Bob builds on what Alice wrote. When she sends it once more, hers must not be the last word.
    Given Alice, Bob and Carol are syncing
     When Alice sends 20 messages
      And Alice writes "milk" into entry "shopping"
      And the replies to Alice are lost after she has sent 20 messages
      And Bob and Carol should show "milk" in entry "shopping" within 30 seconds
      And Bob writes "milk and bread" into entry "shopping"
      And replies reach Alice again after 20 seconds
     Then Alice, Bob and Carol should show "milk and bread" in entry "shopping" within 60 seconds
      And Alice should have scheduled retries
      And Carol should have no duplicates
