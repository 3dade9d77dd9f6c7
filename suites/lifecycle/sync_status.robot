*** Settings ***
Documentation    What an application shows of its syncing is what is so: by emoji and words, at every turn.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    Z-LIFE-03    priority:high


*** Test Cases ***
The status follows the connection and the pushes
    [Documentation]    Connected, synced by an acknowledged push, offline without a network, and synced again.
    Given Alice and Bob are syncing
     Then Alice's sync status should be Connected within 5 seconds
     When Alice sends 5 messages
     Then Alice's sync status should be Synced within 5 seconds
     When Alice's network is cut
      And Alice sends 5 messages
     Then Alice's sync status should be Offline within 5 seconds
     When Alice's network is restored after 5 seconds
     Then Alice's sync status should be Synced within 20 seconds
      And Bob should receive all 10 messages within 20 seconds

A push that fails is pending
    [Documentation]    The connection stands and the push times out: saved here, and not yet there.
    Given Alice and Bob are syncing
     When Alice's upstream bandwidth is limited to 1 KB/s
      And Alice sends 1 message of 60 KB
     Then Alice's sync status should be PendingSync within 60 seconds
     When Alice's bandwidth is back after 40 seconds
     Then Alice's sync status should be Synced within 30 seconds
      And Bob should receive everything within 30 seconds

A change that the relay refuses has failed
    [Documentation]    Alice's device took what the relay never will. SyncFailed stays, also when later messages are
    ...                pushed, until Alice's application has gained focus: she has seen it then.
    Given devices take messages of up to 2 MB
      And Alice and Bob are syncing
     When Alice sends 1 message of 1.5 MB
     Then Alice's sync status should be SyncFailed within 10 seconds
     When Alice sends 5 messages
     Then Bob should receive messages 2 to 6 within 10 seconds
      And 0 messages of Alice should wait to be pushed
      And Alice's sync status should be SyncFailed within 5 seconds
     When Alice's application gains focus
     Then Alice's sync status should be Synced within 10 seconds
