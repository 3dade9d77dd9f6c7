*** Settings ***
Documentation    The last message is read, and something goes wrong before the relay is told.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-5.3    priority:medium


*** Test Cases ***
The network is cut before the marker is told
    [Documentation]    Nothing comes behind it that would have the marker told another time.
    Given Alice and Bob are syncing
     When Alice sends 20 messages
      And Bob's network is cut after he has read 20 messages
      And Bob's network is restored after 5 seconds
     Then the relay should know Bob's marker at message 20 within 15 seconds
      And Bob's marker should never have skipped a message

A device is killed before the marker is told
    [Documentation]    What it knew when it died, and had told nobody, it tells when it starts.
    Given Alice and Bob are syncing
     When Alice sends 20 messages
      And Bob is killed after he has read 20 messages
      And Bob starts again after 2 seconds
     Then the relay should know Bob's marker at message 20 within 15 seconds
      And Bob's marker should never have skipped a message
