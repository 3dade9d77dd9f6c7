*** Settings ***
Documentation    The product on a command line, without a window: the plan's script, which polls instead of sleeping.

Resource         ../../resources/sync.resource

Test Tags        encryption    Z-CLI-01    priority:high


*** Test Cases ***
Two devices pair, push and pull
    [Documentation]    init, pair --create and --join, push, pull: each command is a process that ends. Beside them the
    ...                users' other devices sync as ever.
    Given Alice and Bob are syncing
     When Alice sends 5 messages
      And Alice and Bob have a command line
      And Bob's command line pairs with Alice's
      And Alice's command line pushes "Hello from A"
     Then Bob's command line should pull "Hello from A" within 20 seconds
      And Bob should receive all 5 messages within 20 seconds

What is pushed before anybody pulls is there for both
    [Documentation]    Nobody is online between two commands; what was said waits at the relay, and is shown once.
    Given Alice and Bob are syncing
     When Alice sends 5 messages
      And Alice and Bob have a command line
      And Bob's command line pairs with Alice's
      And Bob's command line pushes "Hello from B"
      And Alice's command line pushes "Hello from A"
     Then Alice's command line should pull "Hello from B" within 20 seconds
      And Bob's command line should pull "Hello from A" within 20 seconds

A relay that does not answer is told in one line
    [Documentation]    No command waits for ever, and a script sees that it failed. What was pushed goes out later.
    Given Alice and Bob are syncing
      And Alice and Bob have a command line
      And Bob's command line pairs with Alice's
     When the relay is paused
      And Alice sends 5 messages
     Then Alice's command line should give up each command within 4 seconds, the push of "Hello again" too
     When the relay is resumed after 30 seconds
      And Bob should receive all 5 messages within 30 seconds
      And Alice's command line pushes "Hello from A"
     Then Bob's command line should pull "Hello again" within 20 seconds
