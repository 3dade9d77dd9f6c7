*** Settings ***
Documentation    A device comes into a group by an invite, which is used once and not for ever.

Resource         ../../resources/sync.resource

Test Tags        encryption    Z-CORE-04    priority:high    # robocop: off=TAG02


*** Test Cases ***
A device joins by a short code
    [Documentation]    Somebody reads XXXX-XXXX-XXXX-XXXX out; whoever types it in gets all that is said, and was said.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice sends 5 messages
      And Carol joins by a short code
      And Bob sends 5 messages
     Then Carol should receive all 10 messages within 20 seconds
      And Alice's short code should have the form XXXX-XXXX-XXXX-XXXX

A device joins by a QR code
    [Documentation]    It has the key of the group in it, and that of the relay.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice sends 5 messages
      And Carol joins by a QR code
      And Carol sends 5 messages
     Then Carol should receive all 5 messages within 20 seconds
      And Bob should receive all 10 messages within 20 seconds

An invite is used once
    [Documentation]    Whoever overhears it comes too late.
    Given Alice and Bob are syncing end-to-end encrypted
     When Carol joins by a short code
      And Alice sends 5 messages
     Then Bob should refuse the invite because it was used already
      And Carol should receive all 5 messages within 20 seconds

An invite expires
    [Documentation]    What nobody has used in its time nobody can use any more.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice makes an invite that is valid for 2 seconds
      And Alice sends 5 messages
     Then Bob should refuse the invite because it has expired
      And Bob should receive all 5 messages within 20 seconds

An invite outlives the relay
    [Documentation]    Alice was told that it was made: whoever gets it comes in, though the relay was killed.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice makes an invite that is valid for 10 minutes
      And Alice sends 20 messages
      And the relay is killed after Bob has received 10 messages
      And the relay is restarted after 2 seconds
     Then Bob should receive all 20 messages within 20 seconds
     When Carol joins by the last invite
     Then Carol should receive all 20 messages within 20 seconds

An invite that was used stays so
    [Documentation]    Carol was told that she is in: nobody comes in behind her, though the relay was killed.
    Given Alice and Bob are syncing end-to-end encrypted
     When Carol joins by a short code
      And Alice sends 20 messages
      And the relay is killed after Bob has received 10 messages
      And the relay is restarted after 2 seconds
     Then Carol should receive all 20 messages within 20 seconds
      And Bob should refuse the invite because it was used already

A join that was not answered is repeated
    [Documentation]    The relay has let Carol in, and she does not know: her device shows the same invite again. For
    ...                everybody else it is used up.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice sends 5 messages
      And Carol repeats a join by a short code that was not answered
      And Alice sends 5 messages
     Then Carol should receive all 10 messages within 20 seconds
      And Bob should refuse the invite because it was used already

Whoever guesses short codes is stopped
    [Documentation]    He does not learn either which of them somebody has made, and keeps nobody else from joining.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice makes an invite that is valid for 10 minutes
     Then Bob should be stopped from guessing after 10 short codes
     When Carol joins by the last invite
      And Alice sends 5 messages
     Then Carol should receive all 5 messages within 20 seconds
