*** Settings ***
Documentation    A device that has lost its checkpoint gets everything again.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-2.1    priority:medium


*** Test Cases ***
Lost checkpoint
    [Documentation]    The relay believes that Bob has read all of it; Bob has nothing and must start over.
    Given Alice and Bob are syncing
      And Bob's last sync marker is at message 50
      And Bob sends 10 messages
      And Alice should receive all 10 messages within 30 seconds
     When Bob is reinstalled
      And Alice sends messages 51 to 60
     Then Bob should receive all 60 messages within 30 seconds
      And Bob's marker should reach message 60 within 30 seconds
      And Bob's marker should never have skipped a message
      And all devices should hold the same messages in the same order

A reinstalled device fetches its own attachments
    [Documentation]    What it had sent itself is no longer there: its own or not, it has to be fetched.
    Given Alice and Bob are syncing
     When Alice writes an entry with an attachment of 100 KB
      And Bob should have all attachments within 30 seconds
      And Alice is reinstalled
     Then Alice should show Alice's entry within 30 seconds
      And nothing should be lost
