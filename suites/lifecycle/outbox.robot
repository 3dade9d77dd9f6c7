*** Settings ***
Documentation    What a device has taken it keeps until the relay has it, and it takes no more than it can keep.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    priority:high


*** Test Cases ***
What was written offline is still pending after a restart
    [Documentation]    Nobody was online to push it; who starts the application again finds it waiting, and then gone.
    [Tags]    Z-LIFE-01
    Given Alice and Bob are syncing
      And Alice goes offline
      And Alice sends 20 messages
     Then 20 messages of Alice should wait to be pushed
     When Alice is killed
      And Alice starts again after 2 seconds
     Then 20 messages of Alice should wait to be pushed
     When Alice comes online
     Then Bob should receive all 20 messages within 20 seconds
      And 0 messages of Alice should wait to be pushed

A full outbox refuses and drops nothing
    [Documentation]    Pending until acknowledged, in order: the one too many is an error and pushes nothing out.
    [Tags]    Z-CORE-02    # robocop: off=TAG02
    Given devices keep at most 20 messages until they are pushed
      And Alice and Bob are syncing
      And Alice goes offline
     When Alice sends 20 messages
     Then Alice should refuse one message more because her outbox is full
      And 20 messages of Alice should wait to be pushed
     When Alice comes online
     Then Bob should receive all 20 messages within 20 seconds
      And Bob's messages should be in order
      And 0 messages of Alice should wait to be pushed

A change that the relay refuses takes no other along
    [Documentation]    All three were pushed together, and a relay takes a push as a whole or not at all: it takes no
    ...                entry with a tab in its name.
    [Tags]    Z-CORE-02    # robocop: off=TAG02
    Given Alice and Bob are syncing
      And Alice goes offline
      And Alice sends 5 messages
      And Alice writes "milk" into entry "shop\tping"
      And Alice sends 5 messages
     When Alice comes online
     Then Bob should receive messages 1 to 5 within 20 seconds
      And Bob should receive messages 7 to 11 within 20 seconds
      And Alice's sync status should be SyncFailed within 10 seconds
      And 0 messages of Alice should wait to be pushed

What is too long is refused by its bytes
    [Documentation]    Who writes in another alphabet must hear so at once, not from a relay that takes no such message.
    [Tags]    Z-CORE-02    # robocop: off=TAG02
    Given devices take messages of up to 2 KB
      And Alice and Bob are syncing
     When Alice sends 5 messages of 1 KB
     Then Alice should refuse a message of 1000 letters of three bytes each because it is too long
      And Bob should receive all 5 messages within 20 seconds
