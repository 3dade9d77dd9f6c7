*** Settings ***
Documentation    What holds of every synced group, after whatever befell it, judged by the harness's own reading.

Resource         ../../resources/sync.resource

Test Tags        sync    priority:high


*** Test Cases ***
Everything is on a device by its hash
    [Documentation]    A message or an attachment that came in other bytes is not the one that was sent.
    [Tags]    Z-INV-01
    Given Alice and Bob are syncing
     When Alice sends 20 messages of 2 KB
      And Alice sends a message with an attachment of 200 KB
     Then Bob should receive all 21 messages within 10 seconds
      And Bob should have all attachments within 30 seconds
      And Bob should have everything by its hash

Nothing that anybody pushed is missing anywhere
    [Documentation]    One device dies and another one is cut off: what the system took it owes to all of them.
    [Tags]    Z-INV-02
    Given Alice, Bob and Carol are syncing
     When Alice, Bob and Carol send 20 messages each
      And Carol's network is cut after she has received 10 messages
      And Carol's network is restored after 5 seconds
     Then Alice, Bob and Carol should each have all 60 messages within 30 seconds
      And nothing should be lost

Version vectors are equal once all is quiet
    [Documentation]    Everybody has as much of everybody, and no vector has a hole.
    [Tags]    Z-INV-03
    Given Alice, Bob and Carol are syncing
      And Carol goes offline
     When Alice and Bob send 20 messages each
      And Carol comes online
     Then all devices should have equal version vectors
      And Alice, Bob and Carol should each have all 40 messages within 30 seconds
