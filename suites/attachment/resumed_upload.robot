*** Settings ***
Documentation    What the relay has of an attachment need not be sent again.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.2    priority:medium


*** Test Cases ***
An upload that is cut goes on where it broke off
    [Documentation]    What came before the break stays, and the rest is put behind it.
    Given Alice and Bob are syncing
     When Alice sends a message with an attachment of 1 MB
      And Alice's upload is cut at 50%
      And Alice's network is restored after 20 seconds
     Then Bob should have all attachments within 30 seconds
      And Alice should have resumed the upload

The sender is killed with a part just whole
    [Documentation]    The relay has all of a part, and its word of that is still on the way when the sender dies.
    Given Alice and Bob are syncing
      And Alice's latency is set to 4000 ms
     When Alice sends a message with an attachment of 1 MB
      And Bob sends 12 messages over 12 seconds
      And Alice is killed after Bob has sent 10 messages
      And Alice starts again after 2 seconds
     Then Bob should have all attachments within 30 seconds
      And Alice should have resumed the upload
      And nothing should be lost
