*** Settings ***
Documentation    An attachment is on its way to the relay when something goes wrong.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.2    priority:medium


*** Test Cases ***
An upload is cut at half
    [Documentation]    No connection brings the whole: half of an attachment never counts as sent.
    Given Alice and Bob are syncing
     When Alice sends a message with an attachment of 1 MB
      And Alice's upload is cut at 50%
      And Alice's network is restored after 20 seconds
     Then Bob should receive 1 message within 30 seconds
      And Bob should have all attachments within 30 seconds
      And nothing should be lost

The relay is killed in the middle of an upload
    [Documentation]    What it had of the attachment is no attachment when it is back, and is still there.
    Given Alice and Bob are syncing
      And Alice's upstream bandwidth is limited to 200 KB/s
     When Alice sends a message with an attachment of 3 MB
      And the relay is killed in the middle of Alice's upload
      And the relay is restarted after 2 seconds
     Then Bob should receive 1 message within 60 seconds
      And Bob should have all attachments within 30 seconds
      And Alice should have resumed the upload
      And nothing should be lost

The sender is killed in the middle of an upload
    [Documentation]    After kill -9 it sends the rest of what it had sent a part of.
    Given Alice and Bob are syncing
      And Alice's upstream bandwidth is limited to 200 KB/s
     When Alice sends a message with an attachment of 3 MB
      And Alice is killed in the middle of the upload
      And Alice starts again after 2 seconds
     Then Bob should receive 1 message within 60 seconds
      And Bob should have all attachments within 30 seconds
      And Alice should have resumed the upload
      And nothing should be lost
